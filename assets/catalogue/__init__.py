"""Tables of default values, one CSV a table, each row with its source.

`archetypes_fi.csv`, `uses_fi.csv`, `retrofit_fi.csv`, `profiles_fi.csv`, `months_fi.csv` and
`published_consumption_fi.csv` are Finland's. Another country is another set of files with its own ISO code at the
end of the name: nothing else has to change. What a column means is declared in `attributes.csv`. Single figures that
several models share stand in `limits.csv`.
"""

from assets.catalogue.limits import limit
from assets.catalogue.tables import attributes, check_tables, country_table, table

__all__ = ["attributes", "check_tables", "country_table", "limit", "table"]
