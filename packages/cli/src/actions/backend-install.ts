import { installTensorFlow, planInstall, type Clean, type Installed } from '../backend-install/install-tensorflow.js';
import { findPlace, type Place } from '../backend-install/place.js';
import type { Road, Wanted } from '../backend-install/roads.js';
import { runCommand } from '../backend-install/run-command.js';
import { exitCodes } from '../exit-codes.js';
import { coloursOf, print } from '../terminal.js';

interface InstallOptions extends Wanted {
  readonly save: boolean;
  readonly dryRun?: true;
}

/** Brings TensorFlow for Node to where the engine finds it. */
export async function installBackend({ dryRun, ...settings }: InstallOptions): Promise<void> {
  const place = findPlace(import.meta.resolve('@dapo/core'));
  if (dryRun) return printPlan(settings, place);
  const installed = await installTensorFlow(settings, { place, run: runCommand, say: print, onKill: whenKilled() });
  const { bold } = coloursOf(process.stdout);
  print(`${bold('tensorflow works')}: ${describe(installed)}.`);
  print("Take it with --backend tensorflow, or backend: 'tensorflow' in the config; dapo doctor measures it.");
}

function describe({ version, gpu, road }: Installed): string {
  const library = road.from === 'download' ? 'as its authors built it' : `built against ${road.library.what}`;
  return `TensorFlow ${version} on the ${gpu ? 'GPU' : 'CPU'}, ${library}`;
}

async function printPlan(wanted: Wanted, { root, installed }: Place): Promise<void> {
  const { open, closed } = await planInstall(wanted, runCommand);
  print(`Would install into ${root}${installed === undefined ? '' : `, where ${installed} is already`}.`);
  open.forEach((road, i) => print(`  ${i + 1}. ${nameOf(road)}`));
  for (const reason of closed) print(`  – not: ${reason}`);
}

function nameOf(road: Road): string {
  return road.from === 'download' ? "the package's own download" : `build against ${road.library.what}`;
}

/** Ctrl-C puts back what was there before it ends the command; a second one ends it at once. */
function whenKilled(): (clean: Clean | undefined) => void {
  let listener: (() => void) | undefined;
  return (clean) => {
    if (listener) process.off('SIGINT', listener);
    listener = clean && (() => void Promise.resolve(clean()).finally(() => process.exit(exitCodes.interrupted)));
    if (listener) process.once('SIGINT', listener);
  };
}
