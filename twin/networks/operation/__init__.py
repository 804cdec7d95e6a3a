"""A year of the networks and plants, coupled: what is drawn, given, lost and stored of every carrier in every hour."""
