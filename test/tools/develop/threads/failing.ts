// A program whose works fail at the same time, again and again, for the test that it survives them.
import { inThreads, threadsAtATime } from '../../../../tools/develop/threads/in-threads';

const works = Array.from({ length: threadsAtATime() }, () => ({ module: require.resolve('./example-work'), input: { fail: 'broken' } }));

async function failAgainAndAgain(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await inThreads(works).catch(() => {});
}
void failAgainAndAgain(30);
