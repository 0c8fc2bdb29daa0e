// The README's table of the twin's parts says what the status page says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partRows } from '../../../../tools/twin/page/parts-table';

test('README and status page agree on what each part stands for', () => {
  const readme = readFileSync(join(__dirname, '../../../../README.md'), 'utf8');
  const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  for (const { name, twin, aws, cannotShow } of partRows) expect(rows).toContainEqual(['', name, twin, aws, cannotShow, '']);
});
