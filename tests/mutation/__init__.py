"""Mutation testing of the models and of the money: change the code a little, and see whether a test notices."""
