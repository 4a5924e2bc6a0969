"use strict";
// Asks for the mood of each drawing once, in an order of its own; three other names are drawn by chance.
(() => {
  const { moods, words } = JSON.parse(document.querySelector("[data-moods]").textContent);
  const part = (name) => document.querySelector(`[data-${name}]`);
  const shuffled = (list) => {
    const all = [...list];
    for (let i = all.length - 1; i > 0; i -= 1) {
      const k = Math.floor(Math.random() * (i + 1));
      [all[i], all[k]] = [all[k], all[i]];
    }
    return all;
  };
  let order = [];
  let at = 0;
  let right = 0;

  const tally = (done) => {
    part("tally").textContent = `${right} / ${done} ${words.score} · ${Math.min(at + 1, order.length)} / ${order.length}`;
  };

  const answer = (button, mood) => {
    const good = button.dataset.key === mood.key;
    right += good ? 1 : 0;
    for (const one of part("names").children) {
      one.disabled = true;
      if (one.dataset.key === mood.key) one.className = "yes";
    }
    if (!good) button.className = "no";
    const verdict = document.createElement("strong");
    verdict.className = `verdict ${mood.tone}`;
    verdict.textContent = `${mood.sign} ${good ? words.right : `${words.wrong} ${mood.name}.`}`;
    part("told").replaceChildren(verdict, mood.advice);
    tally(at + 1);
    part("next").textContent = at + 1 < order.length ? words.next : words.again;
    part("next").hidden = false;
    part("next").focus();
  };

  const ask = () => {
    const mood = order[at];
    part("eyes").replaceChildren(document.querySelector(`[data-drawing="${mood.key}"]`).content.cloneNode(true));
    const others = shuffled(moods.filter((one) => one !== mood)).slice(0, 3);
    part("names").replaceChildren(
      ...shuffled([mood, ...others]).map((one) => {
        const button = document.createElement("button");
        button.type = "button";
        button.dataset.key = one.key;
        button.textContent = one.name;
        button.addEventListener("click", () => answer(button, mood));
        return button;
      }),
    );
    part("told").replaceChildren();
    part("next").hidden = true;
    tally(at);
  };

  const begin = () => {
    order = shuffled(moods);
    at = 0;
    right = 0;
    ask();
  };

  part("next").addEventListener("click", () => {
    at += 1;
    if (at < order.length) ask();
    else begin();
  });
  begin();
})();
