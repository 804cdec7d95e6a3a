"""Networks as they are planned: along streets, as mapped or imported, sized, and edited by a scenario."""
