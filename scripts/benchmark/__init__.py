"""What `scripts/bench` is made of.

`world` makes a brand with dealers, stores, products and stock through the verbs; `load` keeps a number of clients
busy; `operations` says what they ask of the API and what the same work costs the database alone (`floor`);
`measure` takes both in turns; `report` prints.
"""
