import type { MetricDeclarations } from '@dapo/core';

/** Metrics of every reward that asks a service. */
export const serviceMetrics = {
  seconds: {
    over: 'step',
    reduce: 'mean',
    unit: 'seconds',
    meaning: 'time until a request was answered, further tries and their pauses included',
    healthy: 'steady, far below the option `timeout`',
    worrying: 'rises from step to step, or comes near `timeout`',
    advice: 'Give the service more workers; lower `concurrency` if it is overrun, raise it if it idles.',
  },
  retries: {
    over: 'step',
    reduce: 'sum',
    unit: 'requests',
    meaning: 'tries after a failed one',
    healthy: '0, or a few now and then',
    worrying: 'some in every step: training waits for pauses',
    advice: 'Lower `concurrency`, or raise the limits of the service.',
  },
  failures: {
    over: 'step',
    reduce: 'mean',
    unit: 'share',
    meaning: 'share of tries that came to nothing: 429, 5xx, cut connections, time-outs',
    healthy: 'below 0.01',
    worrying: 'above 0.1: the run is near to being ended by the service',
    advice: 'Look at the log of the service; raise `timeout` if answers are slow rather than missing.',
  },
} as const satisfies MetricDeclarations;
