import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const PARTS = ['deps', 'lib'];

/**
 * Moves a binding and its library into their place, the earlier ones aside.
 *
 * @returns how to end it: keep the new ones, or bring back the earlier
 */
export function swapBinding(staged: string, target: string, aside: string): { keep(): void; undo(): void } {
  mkdirSync(aside, { recursive: true });
  const undo = (): void => {
    for (const part of PARTS) {
      const earlier = path.join(aside, part);
      rmSync(path.join(target, part), { recursive: true, force: true });
      if (existsSync(earlier)) renameSync(earlier, path.join(target, part));
    }
  };
  for (const part of PARTS) {
    if (existsSync(path.join(target, part))) renameSync(path.join(target, part), path.join(aside, part));
  }
  try {
    for (const part of PARTS) renameSync(path.join(staged, part), path.join(target, part));
  } catch (error) {
    undo();
    throw error;
  }
  return { keep: () => rmSync(aside, { recursive: true, force: true }), undo };
}
