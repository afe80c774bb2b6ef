"""Files in and out: templates, imports, exports.

Owns `exchange_job` and the files of jobs under the data folder. Whoever imports or exports leaves a job; a worker, a
process of its own with bounded memory, takes it (`worker`), so that no request waits and no event loop is held. An
import is read and compared first, with every wrong cell named, and written all or nothing when its owner confirms; the
rules are those of the modules' bulk verbs (`catalog.bulk`, `channel.bulk`, ...). An export walks the list's own query,
so it has what the screen shows and nothing else. (S1.1, S4.3, D1.3)

`cells` what a cell may hold · `sheets` the columns of each kind of file · `template` empty files · `workbook` opens
what came, safely · `reading` rows out of it · `loading` rows to the bulk verbs · `marking` the copy with red cells ·
`lists` what can be exported · `writing` files out · `jobs` the life of a job · `runner`, `worker` the process.
"""
