import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const PARTS = ['deps', 'lib'];

export interface Swap {
  /** Moves the staged binding and its library into their place. */
  place(): void;
  /** Brings the earlier ones back, whatever has been done by then; a second time it does nothing. */
  undo(): void;
  /** Takes the earlier ones away for good. */
  keep(): void;
}

/** Moves what is there of a binding and its library aside, before the package around it is touched. */
export function swapBinding(staged: string, target: string, aside: string): Swap {
  const placed: string[] = [];
  const undo = (): void => {
    for (const part of PARTS) {
      const earlier = existsSync(path.join(aside, part));
      if (earlier || placed.includes(part)) rmSync(path.join(target, part), { recursive: true, force: true });
      if (earlier) move(part, aside, target);
    }
    placed.length = 0;
  };
  try {
    for (const part of PARTS) if (existsSync(path.join(target, part))) move(part, target, aside);
  } catch (error) {
    undo();
    throw error;
  }
  return {
    place: () => {
      for (const part of PARTS) {
        rmSync(path.join(target, part), { recursive: true, force: true });
        move(part, staged, target);
        placed.push(part);
      }
    },
    undo,
    keep: () => rmSync(aside, { recursive: true, force: true }),
  };
}

function move(part: string, from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  renameSync(path.join(from, part), path.join(to, part));
}
