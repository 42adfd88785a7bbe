/*
 * Syntax of the query language (.gq). Where two alternatives fit, the first one written is taken: a clause is a
 * negation, else a binding, else a traversal, else a filter, else a text predicate.
 */
parser grammar GqParser;

options {
    tokenVocab = GqLexer;
}

queryFile
    : query* EOF
    ;

query
    : QUERY lname LPAREN (parameter (COMMA parameter)*)? RPAREN queryAnnotation* LBRACE (readBody | mutation+) RBRACE
    ;

queryAnnotation
    : AT (DESCRIPTION | INSTRUCTION) LPAREN STRING RPAREN
    ;

parameter
    : VAR COLON (listType | vectorType | scalarType) OPTIONAL?
    ;

listType
    : LBRACKET UNAME RBRACKET
    ;

vectorType
    : UNAME LPAREN INT RPAREN
    ;

scalarType
    : UNAME
    ;

readBody
    : matchBlock returnBlock orderBlock? limitClause?
    ;

matchBlock
    : MATCH LBRACE clause+ RBRACE
    ;

clause
    : negation
    | binding
    | traversal
    | filter
    | textClause
    ;

negation
    : NOT LBRACE clause+ RBRACE
    ;

binding
    : VAR COLON UNAME (LBRACE inlineTest (COMMA inlineTest)* COMMA? RBRACE)?
    ;

inlineTest
    : lname COLON value
    ;

value
    : literal
    | VAR
    | now
    ;

now
    : NOW LPAREN RPAREN
    ;

traversal
    : from = VAR (edgeVariable = VAR COLON)? (edgeWord | LT undirected = edgeWord GT) hops? to = VAR
    ;

hops
    : LBRACE least = INT COMMA most = INT? RBRACE
    ;

filter
    : expression operator expression
    ;

operator
    : EQ
    | NE
    | LT
    | LTE
    | GT
    | GTE
    | CONTAINS
    | STARTS_WITH
    ;

textClause
    : search
    | fuzzy
    | matchText
    ;

returnBlock
    : RETURN LBRACE (projection COMMA?)+ RBRACE
    ;

projection
    : expression (AS lname)?
    ;

orderBlock
    : ORDER LBRACE sort (COMMA sort)* RBRACE
    ;

sort
    : nearest
    | expression (ASC | DESC)?
    ;

limitClause
    : LIMIT INT
    ;

expression
    : now
    | nearest
    | search
    | fuzzy
    | matchText
    | bm25
    | rrf
    | aggregate
    | propertyOf
    | VAR
    | literal
    | lname
    ;

propertyOf
    : VAR DOT lname
    ;

nearest
    : NEAREST LPAREN propertyOf COMMA expression RPAREN
    ;

search
    : SEARCH LPAREN expression COMMA expression RPAREN
    ;

fuzzy
    : FUZZY LPAREN expression COMMA expression (COMMA expression)? RPAREN
    ;

matchText
    : MATCH_TEXT LPAREN expression COMMA expression RPAREN
    ;

bm25
    : BM25 LPAREN expression COMMA expression RPAREN
    ;

rrf
    : RRF LPAREN (nearest | bm25) COMMA (nearest | bm25) (COMMA expression)? RPAREN
    ;

aggregate
    : (COUNT | SUM | AVG | MIN | MAX) LPAREN expression RPAREN
    ;

literal
    : LBRACKET (literal (COMMA literal)*)? RBRACKET
    | (DATETIME | DATE) LPAREN STRING RPAREN
    | STRING
    | FLOAT
    | INT
    | TRUE
    | FALSE
    ;

mutation
    : INSERT UNAME LBRACE (assignment COMMA?)* RBRACE                # insertion
    | UPDATE UNAME SET LBRACE (assignment COMMA?)* RBRACE where      # modification
    | DELETE UNAME where                                             # deletion
    ;

assignment
    : lname COLON value
    ;

where
    : WHERE lname comparison value
    ;

comparison
    : EQ
    | NE
    | LT
    | LTE
    | GT
    | GTE
    ;

lname
    : edgeWord
    | NOT
    ;

// 'not' alone opens a negation, so it is no edge word.
edgeWord
    : LNAME
    | QUERY
    | MATCH
    | RETURN
    | AS
    | ORDER
    | ASC
    | DESC
    | LIMIT
    | INSERT
    | UPDATE
    | SET
    | DELETE
    | WHERE
    | NOW
    | NEAREST
    | SEARCH
    | FUZZY
    | MATCH_TEXT
    | BM25
    | RRF
    | COUNT
    | SUM
    | AVG
    | MIN
    | MAX
    | DATE
    | DATETIME
    | CONTAINS
    | STARTS_WITH
    | DESCRIPTION
    | INSTRUCTION
    | TRUE
    | FALSE
    ;
