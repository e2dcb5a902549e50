import _ from 'lodash';
import debounce from 'lodash/debounce';

export function work(): string {
  const groups = _.groupBy(
    [
      { of: 'a', n: 1 },
      { of: 'b', n: 2 },
      { of: 'a', n: 3 },
    ],
    'of',
  );
  return `${JSON.stringify(_.mapValues(groups, (group) => _.sumBy(group, 'n')))} ${typeof debounce}`;
}
