-- Words without case and accents, as the peer searches them.
CREATE EXTENSION unaccent;
CREATE TEXT SEARCH CONFIGURATION library (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION library ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

CREATE TABLE books (
    id text PRIMARY KEY,
    title text NOT NULL,
    authors text[] NOT NULL,
    year int,
    language text NOT NULL,
    isbn text UNIQUE,
    copies int NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    search tsvector NOT NULL
);
CREATE INDEX books_search ON books USING gin (search);
CREATE INDEX books_title ON books (title COLLATE "C", id COLLATE "C");

CREATE TABLE members (
    id text PRIMARY KEY,
    name text NOT NULL DEFAULT '',
    points int NOT NULL DEFAULT 0 CHECK (points >= 0)
);

CREATE TABLE loans (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book text NOT NULL REFERENCES books,
    copy int NOT NULL,
    member text NOT NULL REFERENCES members,
    borrowed_at timestamptz NOT NULL,
    due timestamptz NOT NULL,
    renewals int NOT NULL DEFAULT 0,
    returned_at timestamptz
);
CREATE UNIQUE INDEX loans_copy ON loans (book, copy) WHERE returned_at IS NULL;
CREATE INDEX loans_member ON loans (member) WHERE returned_at IS NULL;
CREATE INDEX loans_due ON loans (due) WHERE returned_at IS NULL;

CREATE TABLE holds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book text NOT NULL REFERENCES books,
    member text NOT NULL REFERENCES members,
    placed_at timestamptz NOT NULL,
    copy int,
    until timestamptz,
    UNIQUE (book, member)
);
CREATE INDEX holds_member ON holds (member);
CREATE INDEX holds_until ON holds (until) WHERE until IS NOT NULL;

CREATE TABLE copies (
    book text NOT NULL REFERENCES books,
    number int NOT NULL,
    loan bigint,
    hold bigint,
    PRIMARY KEY (book, number)
);

CREATE TABLE replies (
    key text PRIMARY KEY,
    command text NOT NULL,
    status int NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX replies_created_at ON replies (created_at);
