/**
 * Returns the password of the next connection. Called for each one, so that a password that is changed, or a token
 * that is valid for a while, needs no restart. Open connections keep theirs.
 */
export type PasswordSource = () => string | Promise<string>;
