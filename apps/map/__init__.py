"""The map: a Streamlit script (`main.py`) and what it draws."""
