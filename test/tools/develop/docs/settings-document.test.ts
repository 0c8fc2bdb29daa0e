// docs/settings.md: each setting with its default, its description and the effect of a change.
import { settingsDocument } from '../../../../tools/develop/docs/settings-document';

test('a row of each kind', () => {
  const text = settingsDocument({
    owner: { kind: 'servers', statement: 'Changing it replaces the servers one by one.' },
    'data.readers': { kind: 'update' },
    'data.restoreFrom.home': {
      kind: 'replacement',
      replaces: ['data/DatabaseCluster'],
      data: ['data/DatabaseCluster'],
      stays: ['data/Log'],
    },
  });
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows).toEqual([
    expect.stringMatching(/^\| `owner` \| required \| The team responsible .* \| \*\*servers\*\* \|$/),
    expect.stringMatching(/^\| `data.readers` \| `1` \| Number of readers, .* \| update \|$/),
    '| `data.restoreFrom.home` | none | Snapshot in the home region. | **replacement**<br>replaced: data/DatabaseCluster<br>' +
      'data deleted or left behind: data/DatabaseCluster<br>in the way of the former value: data/Log |',
  ]);
});
