"""How good a reader is on a set of labelled faces: `mien evaluate`.

`sets` opens the set, `read` reads its faces, `sums`, `bootstrap` and `figures` make figures with intervals,
`bins`, `groups`, `people` and `seen` look at them from several sides, `run` puts it together. `terminal`, `document`
and `page` tell it. Labels and votes are only compared with: nothing is chosen by them.
"""
