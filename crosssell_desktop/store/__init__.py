"""Every line of SQL of the counter: schema, engine, unit of work, and queries that give frozen rows out."""
