import { load } from 'cheerio';

export function work(): string {
  const $ = load('<ul><li class="a">Ada<li>Bob</ul>');
  $('li:not(.a)').text('Ben').attr('id', 'b');
  return $('ul').html() ?? '';
}
