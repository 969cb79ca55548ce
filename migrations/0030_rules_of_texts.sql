-- What is said with coins obeys the rules of its room that were committed before it.

ALTER TABLE room
    ADD rules_no integer NOT NULL DEFAULT 0; -- how often the rules of what is said in it changed
