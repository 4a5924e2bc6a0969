"""What a person reads: the HTML report, the summary in the terminal, and the JSON document.

`mien.report.model` holds what goes in. `mien.report.html.render_report` writes the page,
`mien.report.terminal.print_summary` prints, `mien.report.document.build_document` gives the JSON document.
Nothing here computes a statistic: every number comes from the `Score` as it is.
"""
