"""Mines inspection letters: from the published PDF to findings that can be searched and cited.

The way of one letter, a module for each step (`pipeline.mine_letter` joins them):

    corpus      which files there are, which team a letter speaks of
    pages       PDF or text -> lines of words, each with its place on the page
    structure   lines + report profile -> facts, sections, numbered paragraphs, points
    examples    paragraph -> quoted case examples
    counts      paragraph -> findings: `tokens` and `mentions` find quantities by the rows of `patterns`,
                `omissions` says what is none, `groups` whose part it is, `clauses`, `qualifiers` and
                `weights` what it means, by the words of `cues`
    themes      example -> themes and tone, with scores
    issues      several files of one letter -> the letter and its history
    coverage    what is known to exist, and what of it is in
    database    all of it -> one SQLite file (`schema` says what is in it)

How letters come into the corpus: `fetch` (with `places`, `asking`, `webpages`) and `manifest`.

The site in `datasette/` reads only that file.
"""

__version__ = "0.1.0"
