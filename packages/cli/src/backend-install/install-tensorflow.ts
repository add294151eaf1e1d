import path from 'node:path';
import { checkBinding, type Computed } from './check-binding.js';
import { allRoadsFailed, noRoad } from './install-errors.js';
import { buildBinding, downloadBinding } from './make-binding.js';
import { VERSION } from './package-facts.js';
import type { Place } from './place.js';
import { findRoads, type Road, type Roads, type Wanted } from './roads.js';
import type { RunCommand } from './run-command.js';
import { addPackage, openStage, type Stage } from './stage.js';
import { swapBinding, type Swap } from './swap-binding.js';

export interface InstallSettings extends Wanted {
  /** Note the package in the project's package.json. */
  readonly save: boolean;
}

/** Puts back what was there; the command ends once it has. */
export type Clean = () => void | Promise<void>;

export interface Surroundings {
  readonly place: Place;
  readonly run: RunCommand;
  /** Told what is being done, a line at a time. */
  readonly say: (line: string) => void;
  /** Handed what a kill leaves to be done; called again with nothing once that is over. */
  readonly onKill: (clean: Clean | undefined) => void;
}

export interface Installed extends Computed {
  readonly road: Road;
}

/** The roads that are open, or an error that says why none is. */
export async function planInstall(wanted: Wanted, run: RunCommand): Promise<Roads> {
  const roads = await findRoads(wanted, { run, platform: process.platform });
  if (roads.open.length === 0) throw noRoad(roads.closed);
  return roads;
}

/** Makes the package work in its place, or leaves everything as it was and says why. */
export async function installTensorFlow(settings: InstallSettings, around: Surroundings): Promise<Installed> {
  const { place, run, say, onKill } = around;
  const roads = await planInstall(settings, run);
  say('Fetching the package, to try it aside …');
  const stage = await openStage(place, process.execPath, run);
  onKill(stage.remove);
  try {
    const { road } = await takeRoad(roads, stage, around);
    const swap = swapBinding(stage.target, place.target, path.join(stage.folder, 'earlier'));
    let restorePackage: (() => Promise<void>) | undefined;
    let undone: Promise<void> | undefined;
    // Once: a kill ends the check, too, whose failure comes here as well.
    const undo = (): Promise<void> => (undone ??= bringBack(restorePackage, swap));
    onKill(async () => {
      await undo();
      stage.remove();
    });
    try {
      if (place.installed !== VERSION) restorePackage = await addPackage(place, settings.save, run);
      swap.place();
      const computed = await checkBinding(place.target, run);
      swap.keep();
      return { ...computed, road };
    } catch (error) {
      await undo();
      throw error;
    }
  } finally {
    stage.remove();
    onKill(undefined);
  }
}

/** The package first: npm lays it anew, and what was moved aside belongs into it. */
async function bringBack(restorePackage: (() => Promise<void>) | undefined, swap: Swap): Promise<void> {
  await restorePackage?.();
  swap.undo();
}

/** The first road whose binding computes. */
async function takeRoad(
  { open, closed }: Roads,
  stage: Stage,
  { place, run, say }: Surroundings,
): Promise<{ road: Road }> {
  const failures: unknown[] = [];
  for (const road of open) {
    try {
      if (road.from === 'download') {
        say('Downloading libtensorflow and its binding …');
        await downloadBinding(stage.target, run);
      } else {
        say(`Building against ${road.library.what} …`);
        await buildBinding(stage.target, road.library, { root: place.root, nodeFolder: stage.nodeFolder, run });
      }
      await checkBinding(stage.target, run);
      return { road };
    } catch (error) {
      failures.push(error);
    }
  }
  if (open.length === 1 && closed.length === 0) throw failures[0];
  throw allRoadsFailed([...failures.map((error) => (error as Error).message), ...closed]);
}
