/* Syntax of the schema language (.pg). */
parser grammar PgParser;

options {
    tokenVocab = PgLexer;
}

schemaFile
    : declaration* EOF
    ;

declaration
    : interfaceDeclaration
    | nodeDeclaration
    | edgeDeclaration
    ;

interfaceDeclaration
    : INTERFACE UNAME LBRACE property* RBRACE
    ;

nodeDeclaration
    : NODE UNAME annotation* implementsClause? LBRACE member* RBRACE
    ;

implementsClause
    : IMPLEMENTS UNAME (COMMA UNAME)*
    ;

edgeDeclaration
    : EDGE UNAME COLON UNAME ARROW UNAME cardinality? annotation* (LBRACE member* RBRACE)?
    ;

// '@card' right after the signature; the word is checked when the tree is read.
cardinality
    : AT lname LPAREN INT DOTDOT INT? RPAREN
    ;

member
    : property
    | bodyConstraint
    ;

property
    : lname COLON propertyType annotation*
    ;

propertyType
    : (listType | enumType | vectorType | scalarType) OPTIONAL?
    ;

listType
    : LBRACKET UNAME RBRACKET
    ;

enumType
    : ENUM_OPEN ENUM_VALUE (COMMA ENUM_VALUE)* RPAREN
    ;

vectorType
    : UNAME LPAREN INT RPAREN
    ;

scalarType
    : UNAME
    ;

// Annotation or constraint: '@unique(a, b)' on a property's line is a constraint of the body, '@x(a)' an annotation
// of the property. The name decides, when the tree is read.
annotation
    : AT lname (LPAREN arguments RPAREN)?
    | AT_ENUM (LPAREN arguments RPAREN)?
    ;

bodyConstraint
    : AT lname LPAREN arguments RPAREN
    ;

arguments
    : argument (COMMA argument)*
    ;

argument
    : lname EQUALS literal
    | bounds
    | literal
    | lname
    ;

bounds
    : number DOTDOT number?
    | DOTDOT number
    ;

number
    : INT
    | FLOAT
    | SIGNED
    ;

literal
    : STRING
    | FLOAT
    | INT
    | SIGNED
    | TRUE
    | FALSE
    ;

lname
    : LNAME
    | INTERFACE
    | NODE
    | EDGE
    | IMPLEMENTS
    | ENUM
    | TRUE
    | FALSE
    ;
