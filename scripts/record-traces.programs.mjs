// What is recorded: for each trace the program, the files that it finds in its folder, and the
// command. All input is written here or made by `prepare`, none is fetched.

const sql = `CREATE TABLE city(id INTEGER PRIMARY KEY, name TEXT, people INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15000)
  INSERT INTO city SELECT i, 'city ' || (i * 7919 % 15013), i * i % 99991 FROM n;
CREATE INDEX by_people ON city(people);
CREATE INDEX by_name ON city(name);
SELECT people % 7, count(*), sum(people) FROM city WHERE people > 5000 GROUP BY people % 7;
SELECT name FROM city WHERE name LIKE '%9%' ORDER BY people DESC LIMIT 50;
UPDATE city SET name = name || ' upon ' || id WHERE id % 5 = 0;
DELETE FROM city WHERE id % 3 = 0;
VACUUM;
SELECT group_concat(name) FROM (SELECT name FROM city ORDER BY name);
`;

const source = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry { struct entry *left, *right; char word[16]; int count; };

static struct entry *insert(struct entry *tree, const char *word) {
  if (!tree) {
    tree = calloc(1, sizeof *tree);
    strncpy(tree->word, word, sizeof tree->word - 1);
    tree->count = 1;
    return tree;
  }
  int order = strcmp(word, tree->word);
  if (order < 0) tree->left = insert(tree->left, word);
  else if (order > 0) tree->right = insert(tree->right, word);
  else tree->count++;
  return tree;
}

static void print(const struct entry *tree) {
  if (!tree) return;
  print(tree->left);
  printf("%s %d\\n", tree->word, tree->count);
  print(tree->right);
}

int main(void) {
  char word[16];
  struct entry *words = NULL;
  while (scanf("%15s", word) == 1) words = insert(words, word);
  print(words);
  return 0;
}
`;

// It leaves without the interpreter's tidying up, which would be a third of the trace.
const python = `import posix
people = [{"id": i, "name": "n%d" % (i * 7919 % 101)} for i in range(200)]
groups = {}
for person in people:
    groups.setdefault(person["name"][:2], []).append(str(person["id"]))
for name, ids in sorted(groups.items()):
    print(name, len(ids), ",".join(reversed(ids)), flush=True)
del people, groups
posix._exit(0)
`;

const lua = `local queue, seen = {}, {}
for i = 1, 1500 do
  queue[#queue + 1] = { id = i, name = "n" .. i * 7919 % 1009 }
  if #queue > 200 then
    for _ = 1, 100 do seen[table.remove(queue, 1).name] = i end
  end
end
print(#queue, next(seen) ~= nil)
`;

const xml = `<catalogue>
${Array.from({ length: 350 }, (_, i) => `  <book id="b${i}"><title>Title ${i * 7919 % 997}</title><year>${1900 + i % 120}</year></book>`).join("\n")}
</catalogue>
`;

// Twelve commits, each changing two files, with dates that make their names the same every time.
const history = `git init -q .
for i in $(seq 12); do
  seq $i $((i * 20)) > numbers
  seq 1 $i | sed 's/$/ green bottles/' > verses$((i % 5))
  git add -A
  GIT_AUTHOR_DATE="2026-01-01T00:00:$i" GIT_COMMITTER_DATE="2026-01-01T00:00:$i" \\
    git -c user.name=Reader -c user.email=reader@example.org commit -q -m "Change $i"
done
`;

export const programs = [
  {
    name: "sqlite",
    title: "SQLite fills, indexes and vacuums a table",
    about: "Nearly every block is freed within a few operations; a page cache grows beside them and stays.",
    program: "sqlite3",
    package: "sqlite3",
    format: "rep",
    files: { "city.sql": sql },
    command: ["sqlite3", "city.db", ".read city.sql"],
  },
  {
    name: "git",
    title: "Git shows the changes of twelve commits",
    about: "One block of a megabyte stays throughout; buffers of every size come and go around it.",
    program: "git",
    package: "git",
    format: "valgrind",
    prepare: [["sh", "-ec", history]],
    command: ["git", "--no-pager", "log", "--stat", "-p", "--all"],
  },
  {
    name: "cc1",
    title: "GCC compiles a C file",
    about: "More and more stays live, from a few bytes to 128 KiB; short-lived buffers pass in between.",
    program: "cc1 (GCC's C compiler proper)",
    package: "cpp-12",
    format: "rep",
    files: { "words.c": source },
    command: ["/usr/lib/gcc/x86_64-linux-gnu/12/cc1", "-quiet", "-imultiarch", "x86_64-linux-gnu", "-O0",
      "words.c", "-o", "words.s"],
  },
  {
    name: "python",
    title: "Python groups a list of records",
    about: "Every object is a block of its own (PYTHONMALLOC=malloc): half go at once, the rest pile up.",
    program: "python3",
    package: "python3.11-minimal",
    format: "rep",
    files: { "people.py": python },
    env: { PYTHONMALLOC: "malloc", PYTHONHASHSEED: "0" },
    command: ["python3", "-S", "-B", "people.py"],
  },
  {
    name: "jq",
    title: "jq groups and counts records",
    about: "Small blocks of a few sizes rise steadily to their peak, then go again one by one.",
    program: "jq",
    package: "jq",
    format: "rep",
    command: ["jq", "-n", "[range(150) | {id: ., name: (\"n\" + tostring)}] | group_by(.id % 7) | map({key: .[0].id, count: length})"],
  },
  {
    name: "xmllint",
    title: "xmllint searches an XML document",
    about: "A tree is built, stays while the search works in short-lived blocks, and is freed at the end.",
    program: "xmllint (libxml2)",
    package: "libxml2-utils",
    format: "rep",
    files: { "catalogue.xml": xml },
    command: ["xmllint", "--xpath", "//book[year > 2000]/title/text()", "catalogue.xml"],
  },
  {
    name: "lua",
    title: "Lua runs a queue of tables",
    about: "Small blocks of like sizes; a garbage collector frees them in waves.",
    program: "lua5.4",
    package: "lua5.4",
    format: "rep",
    files: { "queue.lua": lua },
    command: ["lua5.4", "queue.lua"],
  },
];
