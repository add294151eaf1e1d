import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { configArgument, jsonOption, noExecOption, setOption, verboseOption } from '../options.js';

export function addConfig(program: Program): void {
  program
    .command('config')
    .summary('print the whole config, and where each value comes from')
    .description(
      'Prints every value that a run would use, and where it comes from: file, preset, --set or default.\n' +
        'With --schema the JSON Schema of configs, for editors: "$schema": "./dapo.schema.json" in JSON, and in YAML\n' +
        'a first line # yaml-language-server: $schema=./dapo.schema.json',
    )
    .argument('[config]', configArgument)
    .option('--preset <name>', 'a preset alone, instead of a config file')
    .option('--schema', 'print the JSON Schema of configs instead')
    .addOption(setOption())
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object: { config, origins }'))
    .addHelpText(
      'after',
      examples('dapo config', 'dapo config --set loss.clip=clip', 'dapo config --preset grpo', 'dapo config --schema'),
    )
    .action(async (config, options) => {
      const { showConfig } = await import('../actions/config.js');
      await showConfig(config, options);
    });
}
