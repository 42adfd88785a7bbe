/*
 * Tokens of the query language (.gq). No word is reserved: the keywords below are ordinary names wherever the
 * parser asks for a name.
 */
lexer grammar GqLexer;

QUERY: 'query';
MATCH: 'match';
NOT: 'not';
RETURN: 'return';
AS: 'as';
ORDER: 'order';
ASC: 'asc';
DESC: 'desc';
LIMIT: 'limit';
INSERT: 'insert';
UPDATE: 'update';
SET: 'set';
DELETE: 'delete';
WHERE: 'where';
NOW: 'now';
NEAREST: 'nearest';
SEARCH: 'search';
FUZZY: 'fuzzy';
MATCH_TEXT: 'match_text';
BM25: 'bm25';
RRF: 'rrf';
COUNT: 'count';
SUM: 'sum';
AVG: 'avg';
MIN: 'min';
MAX: 'max';
DATE: 'date';
DATETIME: 'datetime';
CONTAINS: 'contains';
STARTS_WITH: 'starts_with';
DESCRIPTION: 'description';
INSTRUCTION: 'instruction';
TRUE: 'true';
FALSE: 'false';

AT: '@';
LBRACE: '{';
RBRACE: '}';
LPAREN: '(';
RPAREN: ')';
LBRACKET: '[';
RBRACKET: ']';
COLON: ':';
COMMA: ',';
DOT: '.';
OPTIONAL: '?';
EQ: '=';
NE: '!=';
LTE: '<=';
GTE: '>=';
LT: '<';
GT: '>';

VAR: '$' [a-z_] [A-Za-z0-9_]*;
UNAME: [A-Z] [A-Za-z0-9_]*;
LNAME: [a-z_] [A-Za-z0-9_]*;
INT: [0-9]+;
FLOAT: [0-9]+ '.' [0-9]+;
STRING: '"' ('\\' . | ~["\\])* '"';

COMMENT: ('//' ~[\n]* | '/*' .*? '*/') -> skip;
SPACE: [ \t\r\n\uFEFF]+ -> skip;

BAD_VARIABLE: '$' [A-Za-z0-9_]*;
BAD_NUMBER: [0-9]+ [A-Za-z_] [A-Za-z0-9_]*;
OPEN_STRING: '"' ('\\' . | ~["\\])*;
OPEN_COMMENT: '/*' (~'*' | '*'+ ~[*/])* '*'*;
STRAY: .;
