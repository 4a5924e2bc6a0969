"""Texts of a page that cannot be read: JavaScript for a browser, of any page."""

from __future__ import annotations

from typing import Final

FAINT: Final = """(apart) => {
  const parse = (c) => {
    const numbers = c.match(/[\\d.]+/g).map(Number);
    return c.startsWith("color(srgb") ? numbers.map((v, i) => (i < 3 ? 255 * v : v)) : numbers;
  };
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const ground = (e) => {
    for (let n = e; n; n = n.parentElement) {
      const c = parse(getComputedStyle(n).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const e of document.body.querySelectorAll("*")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || (apart && e.closest(apart))) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(parse(style.color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    if (ratio < (size >= 24 ? 3 : 4.5)) found.push([e.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return found;
}"""
"""Texts whose contrast with the nearest opaque ground behind them is too low (WCAG 2.2, 1.4.3), with the contrast.

Its argument is a CSS selector of what is left out, or nothing."""
