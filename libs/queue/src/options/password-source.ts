/**
 * Returns the password of the next connection. Called for each one, so that a password that is changed, or a token
 * that is valid for a while, needs no restart. Open connections keep theirs.
 */
export type PasswordSource = () => string | Promise<string>;

/** How a database is reached whose password is not in its URL. */
export interface DatabaseAccess {
  /**
   * Called for each connection.
   * @default the password in the URL
   */
  password?: PasswordSource | undefined;
}
