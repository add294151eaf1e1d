import { measureBackend } from './measure-backend.js';
import { measureGradient } from './measure-gradient.js';
import { measureSteps } from './measure-steps.js';
import type { Answer, Results, Task } from './task.js';

/** A measurement has its process to itself: one that allocates much or breaks leaves the next one alone. */
async function answer(task: Task): Promise<Answer> {
  try {
    return { ok: true, result: await measure(task) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function measure(task: Task): Promise<Results[keyof Results]> {
  switch (task.kind) {
    case 'steps':
      return measureSteps(task);
    case 'backend':
      return measureBackend(task);
    case 'gradient':
      return measureGradient(task);
  }
}

const answered = await answer(JSON.parse(process.argv[2]!) as Task);
// Threads of a backend must not keep a finished measurement alive.
process.send!(answered, () => process.exit(0));
