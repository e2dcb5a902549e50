/** What the first job sends, and the command that is printed for the next one. */
export const firstMail = { to: 'ada@example.com', subject: 'Hello', text: 'From a worker' };
