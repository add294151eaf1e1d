import { cliVersion } from './cli-version.js';
import { Command, type Program } from './commander.js';
import { addAblate } from './commands/ablate.js';
import { addBackend } from './commands/backend.js';
import { addBench } from './commands/bench.js';
import { addCompare } from './commands/compare.js';
import { addConfig } from './commands/config.js';
import { addDiff } from './commands/diff.js';
import { addDoctor } from './commands/doctor.js';
import { addEval } from './commands/eval.js';
import { addExplain } from './commands/explain.js';
import { addGenerate } from './commands/generate.js';
import { addInit } from './commands/init.js';
import { addPlugin } from './commands/plugin.js';
import { addPlugins } from './commands/plugins.js';
import { addReport } from './commands/report.js';
import { addReproduce } from './commands/reproduce.js';
import { addResume } from './commands/resume.js';
import { addSft } from './commands/sft.js';
import { addTrain } from './commands/train.js';
import { addValidate } from './commands/validate.js';
import { exitCodeHelp } from './exit-codes.js';
import { coloursOf, type Colours } from './terminal.js';

/** The command line. Commands import what they do only once they are called: `dapo --help` loads no engine. */
export function createProgram(): Program {
  const program = new Command('dapo')
    .description('Trains language models by reinforcement learning; every technique is a plugin.')
    .version(cliVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError('(add --help for what can be typed)')
    .exitOverride();
  styleHelp(program);

  program.commandsGroup('Make:');
  addInit(program);
  addPlugin(program);
  addBackend(program);
  program.commandsGroup('Run:');
  addTrain(program);
  addResume(program);
  addSft(program);
  program.commandsGroup('Measure:');
  addAblate(program);
  addBench(program);
  addCompare(program);
  addDiff(program);
  addEval(program);
  addGenerate(program);
  addReport(program);
  addReproduce(program);
  program.commandsGroup('Look:');
  addConfig(program);
  addValidate(program);
  addPlugins(program);
  addExplain(program);
  addDoctor(program);
  program.helpCommand('help [command]', 'show help for a command');

  return program.addHelpText('after', footer());
}

function footer(): string {
  const heading = coloursOf(process.stdout).bold;
  return [
    '',
    heading('Exit codes:'),
    ...exitCodeHelp.map((line) => `  ${line}`),
    '',
    heading('Begin with:'),
    '  dapo init first         a new experiment',
    '  dapo doctor             what this machine offers',
    '  dapo plugins            every technique there is',
    '  dapo train              the config in this folder',
  ].join('\n');
}

/** Inherited by the commands, which are added afterwards. */
function styleHelp(program: Program): void {
  const out = coloursOf(process.stdout);
  const aside = coloursOf(process.stderr);
  program.configureHelp({
    subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(termOf)].join(' '),
    styleTitle: (text) => out.bold(text),
    styleCommandText: (text) => out.cyan(text),
    styleSubcommandText: (text) => out.cyan(text),
    styleOptionText: (text) => out.cyan(text),
    styleArgumentText: (text) => out.yellow(text),
  });
  program.configureOutput({
    getOutHasColors: () => out.isColorSupported,
    getErrHasColors: () => aside.isColorSupported,
    outputError: (text, write) => write(usageError(text, aside)),
  });
}

/** What commander has to say, in the words and colours of the other errors. */
function usageError(text: string, { bold, dim, red }: Colours): string {
  return text.replace(/^error:(.*)/, (_, what: string) => `${red(bold('error:') + what)}${dim(' DAPO_CLI_USAGE')}`);
}

function termOf(argument: { readonly required: boolean; name(): string }): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}
