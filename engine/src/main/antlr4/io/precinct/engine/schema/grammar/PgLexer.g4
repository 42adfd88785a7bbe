/*
 * Tokens of the schema language (.pg). No word is reserved: the keywords below are ordinary names wherever the
 * parser asks for a name. Lengths decide between rules, so a name never begins inside a longer one.
 */
lexer grammar PgLexer;

INTERFACE: 'interface';
NODE: 'node';
EDGE: 'edge';
IMPLEMENTS: 'implements';
ENUM: 'enum';
TRUE: 'true';
FALSE: 'false';

// The values of an enum have a lexis of their own ("1on1", "series-a"). '@enum' is an annotation of that name.
ENUM_OPEN: 'enum' GAP* '(' -> pushMode(ENUM_VALUES);
AT_ENUM: '@' GAP* 'enum';

AT: '@';
LBRACE: '{';
RBRACE: '}';
LPAREN: '(';
RPAREN: ')';
LBRACKET: '[';
RBRACKET: ']';
COLON: ':';
COMMA: ',';
DOTDOT: '..';
ARROW: '->';
EQUALS: '=';
OPTIONAL: '?';

UNAME: [A-Z] [A-Za-z0-9_]*;
LNAME: [a-z_] [A-Za-z0-9_]*;
INT: [0-9]+;
FLOAT: [0-9]+ '.' [0-9]+;
SIGNED: '-' [0-9]+ ('.' [0-9]+)?;
STRING: '"' ('\\' . | ~["\\])* '"';

COMMENT: ('//' ~[\n]* | '/*' .*? '*/') -> skip;
SPACE: [ \t\r\n\uFEFF]+ -> skip;

BAD_NUMBER: [0-9]+ [A-Za-z_] [A-Za-z0-9_]*;
OPEN_STRING: '"' ('\\' . | ~["\\])*;
OPEN_COMMENT: '/*' (~'*' | '*'+ ~[*/])* '*'*;
STRAY: .;

fragment GAP: [ \t\r\n] | '//' ~[\n]* '\n' | '/*' .*? '*/';

mode ENUM_VALUES;
ENUM_VALUE: [A-Za-z0-9_-]+;
ENUM_COMMA: ',' -> type(COMMA);
ENUM_CLOSE: ')' -> type(RPAREN), popMode;
ENUM_COMMENT: ('//' ~[\n]* | '/*' .*? '*/') -> skip;
ENUM_SPACE: [ \t\r\n]+ -> skip;
// An enum that was never closed ends where its type does, so that the rest of the text is read as usual.
ENUM_ESCAPE: '}' -> type(RBRACE), popMode;
ENUM_STRAY: . -> type(STRAY);
