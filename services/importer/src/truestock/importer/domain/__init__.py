"""Pure decisions of the importer: no I/O, no clock, no framework (rules: domain, section Importer)."""
