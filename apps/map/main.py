"""Script that Streamlit runs on every interaction.

Streamlit puts this folder first on the module path: no file beside this one may bear a package's name, so the page
lives in `apps.map.view`.
"""

from apps.map.view.page import show

show()
