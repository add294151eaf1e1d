import { DapoError } from '@dapo/core';

/** Who asked which service about which sample; all of it may be shown. */
export interface Asked {
  /** `reward http` */
  readonly plugin: string;
  /** The service, as errors call it. */
  readonly service: string;
  /** Where the prompt stands, else its id. */
  readonly sample: string;
}

/** No answer, however often it was asked. */
export function serviceUnavailable(asked: Asked, tries: number, problem: string, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_SERVICE_UNAVAILABLE',
    message: `${asked.plugin} got no answer from ${asked.service} (tries: ${tries}): ${problem}.`,
    location: { file: asked.sample },
    hint: 'see that the service runs and answers, then go on with dapo resume RUN; timeout, retries and pause say how patient it is',
    cause,
  });
}

/** An answer that says that asking again won't help: 4xx, or a redirection. */
export function serviceRefused(asked: Asked, status: number, text: string): DapoError {
  const keys = status === 401 || status === 403;
  return new DapoError({
    code: 'DAPO_SERVICE_REFUSED',
    message: `${asked.plugin} was refused by ${asked.service}: it answered ${status}.`,
    location: { file: asked.sample },
    received: text === '' ? undefined : text,
    hint: keys
      ? 'look at the environment variable that holds the key: is it set, and of this service?'
      : 'look at the address and at the log of the service; a request that is refused is not sent again',
  });
}

/** An answer that can't be one: of other samples, out of range, no JSON. */
export function serviceAnswer(asked: Asked, problem: string, expected: string, received?: string): DapoError {
  return new DapoError({
    code: 'DAPO_SERVICE_ANSWER',
    message: `${asked.plugin} can not use what ${asked.service} answered: ${problem}.`,
    location: { file: asked.sample },
    expected,
    received,
    hint: 'mend the service; scores that may be wrong are never trained on',
  });
}

/** A judge whose words hold no verdict, asked twice. */
export function judgeUnreadable(asked: Asked, expected: string, received: string): DapoError {
  return new DapoError({
    code: 'DAPO_SERVICE_NO_VERDICT',
    message: `${asked.plugin} asked ${asked.service} twice and got no verdict.`,
    location: { file: asked.sample },
    expected,
    received,
    hint: 'take a model that keeps to JSON, make the rubric clearer, or give such responses a score: unparsed: 0',
  });
}
