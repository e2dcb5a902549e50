import { names } from '@nx/devkit';
import ts from 'typescript';
import { PluginError } from '../../workspace/index';

/**
 * The given name cannot name a job, which is also the name of its queue, its files and its classes.
 *
 * To do: use lower-case words joined by hyphens, such as email or send-email.
 */
export class JobNameError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_JOB_NAME';

  constructor(given: string, reason: string) {
    super(
      `"${given}" cannot be the name of a job: ${reason}. ` +
        'Use lower-case words joined by hyphens, such as email or send-email.',
    );
  }
}

/** A job's name in the forms that its files need. */
export interface JobNames {
  /** `send-email`: the job, its queue, its files and its folder. */
  job: string;
  /** `sendEmailJob`: the constant that holds its contract. */
  constant: string;
  /** `SendEmail`: what its classes begin with. */
  className: string;
  /** `sendEmail`: what variables begin with. By itself it may be reserved: `arguments`. */
  variable: string;
}

/** Leaves room for the endings of the files in a name of at most 255 bytes, and for a readable list. */
const MAX_LENGTH = 60;

/** Words that a person reads as JavaScript, although the language would let them be part of a name. */
const CONFUSING = new Set(['await', 'constructor', 'prototype', 'undefined']);

/** Jobs whose files would give a name of their own to what they import. */
const TAKEN = new Map([
  ['define', 'its contract would be defineJob, as the function that makes contracts'],
  ['job', 'its class would be JobProcessor, as the decorator of processors'],
]);

/**
 * The name of a job from what a person typed. As elsewhere in Nx, `sendEmail`, `SendEmail` and
 * `send_email` mean `send-email`.
 *
 * @throws JobNameError if it cannot be a name in a queue, a file and a program.
 */
export function jobNames(given: string): JobNames {
  if (given.trim() === '') throw new JobNameError(given, 'it is empty');
  if (/\s/.test(given)) throw new JobNameError(given, 'it contains a space');
  if (/[/\\]|\.\./.test(given)) throw new JobNameError(given, 'it is a path');
  if (/^[0-9]/.test(given)) throw new JobNameError(given, 'it begins with a digit');
  const stranger = /[^A-Za-z0-9_-]/u.exec(given)?.[0];
  if (stranger !== undefined) throw new JobNameError(given, `it contains "${stranger}"`);

  const { fileName: job } = names(given);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(job)) {
    throw new JobNameError(given, 'a hyphen may only join two words');
  }
  if (isReserved(job)) throw new JobNameError(given, 'it is a reserved word of JavaScript');
  if (job.length > MAX_LENGTH) {
    throw new JobNameError(given, `it has ${job.length} characters; the limit is ${MAX_LENGTH}`);
  }
  const taken = TAKEN.get(job);
  if (taken !== undefined) throw new JobNameError(given, taken);
  return namesOfJob(job);
}

/** The forms of a name that is not checked, such as that of a job which exists. */
export function namesOfJob(job: string): JobNames {
  // From the file's name, as Nx derives those of a service: `sendSMS` is `SendSms` everywhere.
  const { propertyName: variable, className } = names(job);
  return { job, variable, className, constant: `${variable}Job` };
}

function isReserved(word: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, word);
  const kind = scanner.scan();
  return (
    CONFUSING.has(word) ||
    (scanner.getTokenText() === word &&
      kind >= ts.SyntaxKind.FirstReservedWord &&
      kind <= ts.SyntaxKind.LastFutureReservedWord)
  );
}
