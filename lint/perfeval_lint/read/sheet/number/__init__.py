"""Numbers and dates of a workbook as their number formats show them."""
