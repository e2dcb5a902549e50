import { JobNameError, jobNames } from './job-name';

describe('the name of a job', () => {
  it.each([
    ['email', 'email'],
    ['send-email', 'send-email'],
    ['sendEmail', 'send-email'],
    ['SendEmail', 'send-email'],
    ['send_email', 'send-email'],
    ['sms2', 'sms2'],
    ['classroom', 'classroom'],
    ['a', 'a'],
    ['order-2', 'order-2'],
    ['toString', 'to-string'],
    ['arguments', 'arguments'],
    ['sendSMS2Go', 'send-sms2-go'],
  ])('"%s" is the job "%s"', (given, job) => {
    expect(jobNames(given).job).toBe(job);
  });

  it('gives the constant, the classes and the variables their names', () => {
    expect(jobNames('sendEmail')).toEqual({
      job: 'send-email',
      constant: 'sendEmailJob',
      className: 'SendEmail',
      variable: 'sendEmail',
    });
  });

  it('names classes as Nx names those of the service beside them', () => {
    expect(jobNames('sendSMS2Go')).toMatchObject({
      constant: 'sendSms2GoJob',
      className: 'SendSms2Go',
    });
  });

  it.each([
    ['', 'it is empty'],
    ['   ', 'it is empty'],
    ['send email', 'it contains a space'],
    ['email\n', 'it contains a space'],
    ['Email!', 'it contains "!"'],
    ['e:mail', 'it contains ":"'],
    ['e.mail', 'it contains "."'],
    ['émail', 'it contains "é"'],
    ['📧', 'it contains "📧"'],
    ['../email', 'it is a path'],
    ['jobs/email', 'it is a path'],
    ['jobs\\email', 'it is a path'],
    ['..', 'it is a path'],
    ['2fa', 'it begins with a digit'],
    ['-email', 'a hyphen may only join two words'],
    ['email-', 'a hyphen may only join two words'],
    ['send--email', 'a hyphen may only join two words'],
    ['_', 'a hyphen may only join two words'],
    ['class', 'it is a reserved word of JavaScript'],
    ['Delete', 'it is a reserved word of JavaScript'],
    ['null', 'it is a reserved word of JavaScript'],
    ['yield', 'it is a reserved word of JavaScript'],
    ['await', 'it is a reserved word of JavaScript'],
    ['constructor', 'it is a reserved word of JavaScript'],
    ['__proto__', 'a hyphen may only join two words'],
    ['define', 'its contract would be defineJob'],
    ['Job', 'its class would be JobProcessor'],
    ['x'.repeat(61), 'it has 61 characters; the limit is 60'],
  ])('"%s" is refused: %s', (given, reason) => {
    expect(() => jobNames(given)).toThrow(JobNameError);
    expect(() => jobNames(given)).toThrow(reason);
  });

  it('is refused in one sentence that says what a name looks like, without a stack', () => {
    let thrown: unknown;
    try {
      jobNames('Email!');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      message:
        '"Email!" cannot be the name of a job: it contains "!". ' +
        'Use lower-case words joined by hyphens, such as email or send-email.',
      stack: '',
    });
  });
});
