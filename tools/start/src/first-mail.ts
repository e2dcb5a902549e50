/** The data of the first job, and of the command printed for the next one. */
export const firstMail = { to: 'ada@example.com', subject: 'Hello', text: 'From a worker' };
