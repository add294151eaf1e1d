import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { configArgument, jsonOption, noExecOption, setOption, verboseOption } from '../options.js';

export function addValidate(program: Program): void {
  program
    .command('validate')
    .summary('find what is wrong with a config')
    .description('Prints every problem and warning of a config, and ends with 1 if there is a problem.')
    .argument('[config]', configArgument)
    .addOption(setOption())
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object'))
    .addHelpText('after', examples('dapo validate', 'dapo validate --set loss.clip.high=0.4'))
    .action(async (config, options) => {
      const { validateConfig } = await import('../actions/validate.js');
      await validateConfig(config, options);
    });
}
