// The README's table of the twin's parts equals that of the status page.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partRows } from '../../../../tools/twin/page/parts-table';

test('README and status page have the same table of parts', () => {
  const readme = readFileSync(join(__dirname, '../../../../README.md'), 'utf8');
  const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  for (const { name, twin, aws, cannotShow } of partRows) expect(rows).toContainEqual(['', name, twin, aws, cannotShow, '']);
});
