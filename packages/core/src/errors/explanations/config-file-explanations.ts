import type { ErrorExplanations } from './explanation.js';

/** Errors of the files of a config, and of --set. */
export const configFileExplanations: ErrorExplanations = {
  DAPO_CONFIG_NOT_FOUND: {
    title: 'No config in this folder',
    why: 'Without a file named, dapo looks for dapo.config.* here and in the folders above.',
    remedy: 'Change into the folder of the experiment, or name the file.',
    next: 'dapo train path/to/dapo.config.ts',
  },
  DAPO_CONFIG_FILE_MISSING: {
    title: 'The config file is not there',
    why: 'The path is misspelt, or relative to another folder.',
    remedy: 'Paths start from the folder in which the command runs.',
    next: 'ls',
  },
  DAPO_CONFIG_FILE_UNREADABLE: {
    title: 'A config of a kind that nothing reads',
    why: 'The ending of the file says how it is read, and this ending is not known.',
    remedy: 'Rename the file, or write it as one of the kinds in the line «expected».',
    next: 'dapo validate FILE',
  },
  DAPO_CONFIG_EMPTY: {
    title: 'The config is empty',
    why: 'The file has no content, or nothing but comments.',
    remedy: "Begin with `extends: 'dapo'`, and name prompts.",
    next: 'dapo config --preset dapo',
  },
  DAPO_CONFIG_NO_DEFAULT_EXPORT: {
    title: 'A config module without a default export',
    why: 'A config in TypeScript or JavaScript hands its content over as the default export.',
    remedy: 'Write `export default defineConfig({ … })`.',
    next: 'dapo validate',
  },
  DAPO_CONFIG_NOT_A_MAP: {
    title: 'A config that is no map',
    why: 'The file holds a list, a text or a number instead of keys and values.',
    remedy: 'Write keys and values at the top level.',
    next: 'dapo config --preset dapo',
  },
  DAPO_CONFIG_SYNTAX: {
    title: 'A file that can not be parsed',
    why: 'A bracket, a quote or an indentation is amiss at the place named, or shortly before it.',
    remedy: 'Mend the file there.',
    next: 'dapo validate',
  },
  DAPO_CONFIG_MODULE_THREW: {
    title: 'A config or plugin file threw while it was imported',
    why: 'The code of the file ran and broke: a module that is not installed, a name that is not defined.',
    remedy: 'Mend the line named; for a missing module, install it beside the config.',
    next: 'dapo validate --verbose',
  },
  DAPO_CONFIG_CODE_REFUSED: {
    title: 'Code where code may not run',
    why: 'The caller has asked that no code of the user be run: a server that takes configs of others, for example.',
    remedy: 'Write the config in YAML or JSON, and name plugins by name.',
    next: 'dapo validate FILE.yaml',
  },
  DAPO_CONFIG_UNKNOWN_PRESET: {
    title: '`extends` names no preset',
    why: 'The name is misspelt, or it is that of a file: a path begins with ./ or ../.',
    remedy: 'Take the name given as nearest, or begin the path with ./.',
    next: 'dapo plugins',
  },
  DAPO_CONFIG_BASE_MISSING: {
    title: '`extends` names a file that is not there',
    why: 'Paths in a config start from the folder of the file that names them, not from where the command runs.',
    remedy: 'Mend the path.',
    next: 'dapo validate',
  },
  DAPO_CONFIG_BASE_IMPORT_FAILED: {
    title: '`extends` names a package that can not be imported',
    why: 'The package is not installed beside the config, or it broke while it was loaded.',
    remedy: 'Install it in the folder of the config.',
    next: 'npm install PACKAGE',
  },
  DAPO_CONFIG_EXTENDS_CYCLE: {
    title: 'A config that extends itself',
    why: 'Following `extends` from file to file comes back to where it began.',
    remedy: 'Take one `extends` of the chain out.',
    next: 'dapo validate',
  },
  DAPO_CONFIG_MALFORMED_OVERRIDE: {
    title: 'A --set that is not path=value',
    why: 'There is no =, the path is empty, or the value is no YAML.',
    remedy: "Write --set path=value, and quote it where the shell would change it: --set 'update.microBatch=auto'.",
    next: 'dapo config --set loss.clip.high=0.28',
  },
};
