import type { EventBus } from '../events/events.js';
import type { Guard, GuardAnswer, GuardFacts, GuardPoint } from '../contracts/index.js';
import { afterSteps } from '../errors/when.js';
import { callPlugin } from './call-plugin.js';
import type { Placed } from './parts.js';

export type GuardDecision = Exclude<GuardAnswer, 'continue'>['action'] | 'continue';

/** Asks every guard at one of the four points; the gravest answer counts. */
export async function askGuards(
  guards: readonly Placed<Guard>[],
  point: GuardPoint,
  facts: GuardFacts,
  events: EventBus,
): Promise<{ readonly decision: GuardDecision; readonly reason: string }> {
  let decision: GuardDecision = 'continue';
  let reason = '';
  const { rolloutStep } = facts.progress;
  // After an update and after an evaluation the step is over, and counted.
  const when = point === 'updated' || point === 'evaluated' ? afterSteps(rolloutStep) : rolloutStep;
  for (const guard of guards) {
    const answer = await callPlugin(guard, when, () => guard.instance.check(point, facts));
    if (answer === 'continue') continue;
    events.emit('guard:acted', { guard: guard.path, ...answer, step: rolloutStep });
    if (GRAVITY[answer.action] > GRAVITY[decision]) {
      decision = answer.action;
      reason = `${guard.path}: ${answer.reason}`;
    }
  }
  return { decision, reason };
}

const GRAVITY: Readonly<Record<GuardDecision, number>> = { continue: 0, 'skip-update': 1, 'roll-back': 2, stop: 3 };
