"""The API says what it does and does what it says: who may call what, with whose ids, and what is answered."""
