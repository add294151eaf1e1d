import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A fresh folder with these files; the caller removes it. */
export async function temporaryFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'dapo-')));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, content);
  }
  return folder;
}

/** Removes a folder with all that is in it. */
export async function removeFolder(folder: string): Promise<void> {
  await fs.rm(folder, { recursive: true, force: true });
}
