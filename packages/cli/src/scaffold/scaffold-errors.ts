import { CommandError } from '../command-error.js';

/** `--template` names none that there is. */
export function unknownTemplate(name: string, known: readonly string[], nearest: string | undefined): CommandError {
  return new CommandError(`There is no template «${name}».`, {
    code: 'DAPO_CLI_UNKNOWN_TEMPLATE',
    expected: known.join(', '),
    nearest,
  });
}

/** Files that would be written are there already. */
export function filesThere(files: readonly string[], hint: string): CommandError {
  const some = files.slice(0, 5).join(', ') + (files.length > 5 ? `, and ${files.length - 5} more` : '');
  return new CommandError(`Nothing was written: ${some} ${files.length === 1 ? 'is' : 'are'} there already.`, {
    code: 'DAPO_CLI_FILES_THERE',
    hint,
  });
}

/** The build copies what new folders are made of. */
export function scaffoldMissing(folder: string): CommandError {
  return new CommandError(`What new files are made of is not there: ${folder}.`, {
    code: 'DAPO_CLI_SCAFFOLD_MISSING',
    hint: 'npm run build, in a clone; otherwise install @dapo/cli again',
  });
}

/** No kind of plugin like this. */
export function unknownKind(kind: string, known: readonly string[], nearest: string | undefined): CommandError {
  return new CommandError(`There is no kind of plugin «${kind}».`, {
    code: 'DAPO_CLI_UNKNOWN_KIND',
    expected: known.join(', '),
    nearest,
    hint: 'dapo plugins lists the kinds, each with what it does',
  });
}

/** A name that no file or config value can have. */
export function badPluginName(name: string, nearest: string | undefined): CommandError {
  return new CommandError(`«${name}» can't be the name of a plugin.`, {
    code: 'DAPO_CLI_PLUGIN_NAME',
    expected:
      'small letters, digits and single hyphens, a letter first: it is the name of the file and the value in a config',
    nearest,
  });
}

/** A file that should hold a plugin. */
export function noPluginIn(file: string): CommandError {
  return new CommandError(`There is no plugin in ${file}.`, {
    code: 'DAPO_CLI_NO_PLUGIN',
    expected: 'a file whose default export is what definePlugin gives',
  });
}

/** A file that is named and not there. */
export function noSuchPluginFile(file: string): CommandError {
  return new CommandError(`There is no file ${file}.`, {
    code: 'DAPO_CLI_PLUGIN_FILE_MISSING',
    expected: 'a file with a plugin, as seen from the folder in which the command runs',
    hint: 'what ships is tested already; dapo plugins NAME shows it',
  });
}

/** A folder in the place of a file. */
export function pluginIsFolder(folder: string, files: readonly string[]): CommandError {
  return new CommandError(`${folder} is a folder.`, {
    code: 'DAPO_CLI_PLUGIN_IS_FOLDER',
    expected: 'a file with a plugin',
    hint: files.length > 0 ? `name its files: ${files.join(' ')}` : 'make a plugin: dapo plugin new KIND NAME',
  });
}

/** The test of a plugin in its place. */
export function pluginIsTest(file: string): CommandError {
  return new CommandError(`${file} is a test.`, {
    code: 'DAPO_CLI_PLUGIN_IS_TEST',
    expected: `the plugin that it tests, ${file.replace('.test', '')}`,
    hint: `run the test: npx vitest run ${file}`,
  });
}

/** Nothing is named, and there is nothing where one would look. */
export function noPluginFiles(): CommandError {
  return new CommandError('There are no plugins in plugins/.', {
    code: 'DAPO_CLI_NO_PLUGIN_FILES',
    hint: 'name a file, or make one: dapo plugin new KIND NAME',
  });
}

/** `--options` that are no object. */
export function badOptions(text: string): CommandError {
  return new CommandError(`--options can't be read: ${text}`, {
    code: 'DAPO_CLI_OPTIONS',
    expected: 'a JSON object, in quotes: --options \'{"least": 2}\'',
  });
}
