PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE kdm_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO kdm_meta VALUES('application','k8s-datamodel');
INSERT INTO kdm_meta VALUES('first_digest','1');
INSERT INTO kdm_meta VALUES('garbage','0');
INSERT INTO kdm_meta VALUES('next_lease','3');
INSERT INTO kdm_meta VALUES('redaction_key','6037408334b4fa1e60b9820d03a2e13fb8dcb510439e34218c48dfed0c6cc450');
INSERT INTO kdm_meta VALUES('schema','7');
INSERT INTO kdm_meta VALUES('seals','{"the definitions of the resource types":"f59333fcf181a95378d7fc9790fc22832fe709a051ef8614a552b4fa063067ef","the salt of the redaction":"42af7a802e2f5033b14df64e069dff6afe97142bc2a12306252fe830e5a35c6c"}');
CREATE TABLE kdm_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO kdm_migrations VALUES('2026-01-create','2026-11-27 04:36:53');
INSERT INTO kdm_migrations VALUES('2026-11-digests','2026-11-27 04:36:53');
INSERT INTO kdm_migrations VALUES('2026-11-memos','2026-11-27 04:36:53');
INSERT INTO kdm_migrations VALUES('2026-11-order','2026-11-27 04:36:53');
INSERT INTO kdm_migrations VALUES('2026-11-side','2026-11-27 04:36:53');
INSERT INTO kdm_migrations VALUES('2026-11-sums','2026-11-27 04:36:53');
INSERT INTO kdm_migrations VALUES('2026-11-views','2026-11-27 04:36:53');
CREATE TABLE kdm_types (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL,
  next_ref INTEGER NOT NULL DEFAULT 1
);
INSERT INTO kdm_types VALUES(1,'widgets','{"columns": [{"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "name", "levels": [], "name": "name", "path": "", "show": "never", "title": "Name", "type": "text", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "namespace", "levels": [], "name": "namespace", "path": "", "show": "never", "title": "Namespace", "type": "text", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "size", "levels": [], "name": "size", "path": "", "show": "never", "title": "Size", "type": "integer", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "weight", "levels": [], "name": "weight", "path": "", "show": "never", "title": "Weight", "type": "real", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "polished", "levels": [], "name": "polished", "path": "", "show": "never", "title": "Polished", "type": "boolean", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "colours", "levels": [], "name": "colours", "path": "", "show": "never", "title": "Colours", "type": "list", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "labels", "levels": [], "name": "labels", "path": "", "show": "never", "title": "Labels", "type": "json", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "in_use", "levels": [], "name": "in_use", "path": "", "show": "never", "title": "In Use", "type": "integer", "value": "", "volatile": true}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "why", "levels": [], "name": "why", "path": "", "show": "never", "title": "Why", "type": "text", "value": "", "volatile": true}], "command": "widget", "count": "widget_count", "description": "", "identity": ["namespace", "name"], "name": "widgets", "order": 10, "plural": "Widgets", "relations": [], "singular": "Widget", "skip": "widgets"}',7);
CREATE TABLE kdm_objects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  body TEXT NOT NULL
);
INSERT INTO kdm_objects VALUES(1,X'600ed9e9e3f408546a471a7f4c4db1a4d88e565fb25ecbe4b4dd72748cef13a8',170,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00002","namespace":"shop","uid":"e4bd452d-e9eb-5e8c-8ee9-2be5c82e9974"},"spec":{"size":2}}');
INSERT INTO kdm_objects VALUES(2,X'641fdf872cd717c34d3bd3a0eda8c546a70b66ba31b69be02d07bf20be80fdba',170,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00000","namespace":"shop","uid":"cdebb3a0-4569-5530-ba59-0729335378ff"},"spec":{"size":0}}');
INSERT INTO kdm_objects VALUES(3,X'e68ff53d43fe8d03b8efe611a7540607d1dc2d1f7103e66b58a53f1eca0ead01',170,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00001","namespace":"shop","uid":"a9230137-6b2e-5c67-924f-f4a4ce8204a0"},"spec":{"size":1}}');
CREATE TABLE kdm_snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  timestamp TEXT NOT NULL,
  cluster_context TEXT NOT NULL,
  cluster_info TEXT NOT NULL,
  cluster_uid TEXT,
  source TEXT NOT NULL,
  source_timestamp TEXT,
  namespace_filter TEXT,
  notes TEXT,
  complete INTEGER NOT NULL,
  redaction TEXT NOT NULL,
  seconds REAL NOT NULL,
  created_at TEXT NOT NULL
, digest TEXT, sorted_at TEXT NOT NULL DEFAULT '', rules INTEGER);
INSERT INTO kdm_snapshots VALUES(1,'ee4e4bf5-9568-49cf-85b9-1c17715ca4e3','2024-03-15 10:30:15','prod','{"nodes":5,"platform":"eks","version":"v1.30.1"}','uid-of-prod','kubernetes',NULL,NULL,NULL,1,'salt-1',1.5,'2026-11-27 04:36:53','1:ee1ef2f3d7334915139dad9e37f07413a45d2203d587021b655df54ca2a2d8cf','2024-03-15 10:30:15',NULL);
INSERT INTO kdm_snapshots VALUES(2,'9cc0370f-9f82-40f0-b866-64133c96adfd','2024-03-15 10:30:15','prod','{"nodes":5,"platform":"eks","version":"v1.30.1"}','uid-of-prod','kubernetes',NULL,NULL,NULL,1,'salt-1',1.5,'2026-11-27 04:36:53','1:1a933769a3368cc9b80109f479f6434a6b4089592a2c739552d849686e9e689b','2024-03-15 10:30:15',NULL);
CREATE TABLE kdm_counts (
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  type_id INTEGER NOT NULL REFERENCES kdm_types (id),
  count INTEGER,
  records INTEGER NOT NULL, stamp TEXT, sum TEXT,
  PRIMARY KEY (snapshot_id, type_id)
) WITHOUT ROWID;
INSERT INTO kdm_counts VALUES(1,1,3,3,NULL,'58ceffae8f10b50a2458a9c936f18cc41955afc08d6e88f8290530645a1ce6b9');
INSERT INTO kdm_counts VALUES(2,1,3,3,NULL,'58ceffae8f10b50a2458a9c936f18cc41955afc08d6e88f8290530645a1ce6b9');
CREATE TABLE kdm_reads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  resource_type TEXT NOT NULL,
  read TEXT NOT NULL,
  UNIQUE (resource_type, read)
);
INSERT INTO kdm_reads VALUES(1,'','nodes');
INSERT INTO kdm_reads VALUES(2,'widgets','widgets.parts.example.org');
CREATE TABLE kdm_ledger (
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  position INTEGER NOT NULL,
  read_id INTEGER NOT NULL REFERENCES kdm_reads (id),
  optional INTEGER NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  http_code INTEGER,
  requests INTEGER NOT NULL,
  objects INTEGER,
  reused INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  microseconds INTEGER NOT NULL,
  PRIMARY KEY (snapshot_id, position)
) WITHOUT ROWID;
INSERT INTO kdm_ledger VALUES(1,0,2,0,'complete',NULL,200,3,12,2,4567,123456);
INSERT INTO kdm_ledger VALUES(1,1,1,1,'forbidden','nodes: 403',403,1,NULL,0,0,0);
INSERT INTO kdm_ledger VALUES(2,0,2,0,'complete',NULL,200,3,12,2,4567,123456);
INSERT INTO kdm_ledger VALUES(2,1,1,1,'forbidden','nodes: 403',403,1,NULL,0,0,0);
CREATE TABLE kdm_leases (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  renewed_at INTEGER NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL
);
CREATE TABLE kdm_clusters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL,
  source TEXT NOT NULL,
  version TEXT NOT NULL,
  redaction TEXT NOT NULL,
  UNIQUE (uid, source)
);
INSERT INTO kdm_clusters VALUES(1,'uid-of-prod','kubernetes','v1.30.1','salt-1/2');
CREATE TABLE kdm_indexed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster_id INTEGER NOT NULL REFERENCES kdm_clusters (id),
  resource TEXT NOT NULL,
  context TEXT NOT NULL,
  UNIQUE (cluster_id, resource)
);
INSERT INTO kdm_indexed VALUES(1,1,'parts.example.org/v1/Widget','');
CREATE TABLE kdm_index (
  indexed_id INTEGER NOT NULL REFERENCES kdm_indexed (id),
  uid TEXT NOT NULL,
  resource_version TEXT NOT NULL,
  object_id INTEGER NOT NULL REFERENCES kdm_objects (id), seal BLOB, beside_id INTEGER,
  PRIMARY KEY (indexed_id, uid)
) WITHOUT ROWID;
INSERT INTO kdm_index VALUES(1,'a9230137-6b2e-5c67-924f-f4a4ce8204a0','1',3,X'daed07879f8e79fc74b94a18b77fe0f0',1);
INSERT INTO kdm_index VALUES(1,'cdebb3a0-4569-5530-ba59-0729335378ff','1',2,X'47d7e5bb453a9ec364c9ab5e18fcde97',1);
INSERT INTO kdm_index VALUES(1,'e4bd452d-e9eb-5e8c-8ee9-2be5c82e9974','1',1,X'd926c70decbf397eeba36bbae7acdd3d',1);
CREATE TABLE kdm_beside (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL
);
INSERT INTO kdm_beside VALUES(1,X'e1002200b6e581edd4c49d7a6b4747238c090f9e23914c59b73beee945d4b93d','{"field_managers":[["v1","kubectl","Update",""]]}');
CREATE TABLE kdm_baselines (
  name TEXT PRIMARY KEY,
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  set_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE kdm_views (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO kdm_views VALUES('changes');
INSERT INTO kdm_views VALUES('inventory_ledger');
INSERT INTO kdm_views VALUES('inventory_snapshots');
INSERT INTO kdm_views VALUES('latest_widgets');
INSERT INTO kdm_views VALUES('widgets');
CREATE TABLE kdm_memos (
  object_id INTEGER PRIMARY KEY REFERENCES kdm_objects (id),
  resource_version TEXT NOT NULL,
  seal BLOB NOT NULL,
  body TEXT NOT NULL
);
INSERT INTO kdm_memos VALUES(1,'1',X'442eab4fbfc64de71b5197dcbebddda3','{"parts:fact":["a stamp",["made",1]],"name":["",["shop","widget-00002"]]}');
INSERT INTO kdm_memos VALUES(2,'1',X'b37105c95e370ba9f77459d2d45063e3','{"parts:fact":["a stamp",["made",1]],"name":["",["shop","widget-00000"]]}');
INSERT INTO kdm_memos VALUES(3,'1',X'af54c9feb53a819f312376dd85c4ad94','{"parts:fact":["a stamp",["made",1]],"name":["",["shop","widget-00001"]]}');
CREATE TABLE IF NOT EXISTS "kdm_widgets_rows" (
  kdm_id INTEGER PRIMARY KEY AUTOINCREMENT,
  kdm_digest BLOB NOT NULL UNIQUE,
  kdm_object INTEGER NOT NULL REFERENCES kdm_objects (id)
, "name" TEXT, "namespace" TEXT, "size" INTEGER, "weight" REAL, "polished" INTEGER, "colours" TEXT, "labels" TEXT);
INSERT INTO kdm_widgets_rows VALUES(1,X'52fa64e22c605a85921e018e6bdce13ccac963d23281f64697975690b22f9b1c',2,'widget-00000','shop',0,NULL,NULL,'','{}');
INSERT INTO kdm_widgets_rows VALUES(2,X'93a66b12ef958313d9f39e0c9955fe2c755d1a31109b94e390e42aeae1c6641b',1,'widget-00002','shop',2,NULL,NULL,'','{}');
INSERT INTO kdm_widgets_rows VALUES(3,X'fb31fd49bde800281945eefe671b40cd961bfc64876bfc8433c5d40547689876',3,'widget-00001','shop',1,NULL,NULL,'','{}');
CREATE TABLE IF NOT EXISTS "kdm_widgets_states" (kdm_id INTEGER PRIMARY KEY AUTOINCREMENT, kdm_digest BLOB NOT NULL UNIQUE, "in_use" INTEGER, "why" TEXT);
INSERT INTO kdm_widgets_states VALUES(1,X'f03eaa27d94d95c259a5070b9e80a3c7',0,NULL);
CREATE TABLE IF NOT EXISTS "kdm_widgets_refs" (
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  id INTEGER NOT NULL,
  row_id INTEGER NOT NULL,
  state_id INTEGER,
  beside_id INTEGER,
  PRIMARY KEY (snapshot_id, id)
) WITHOUT ROWID
;
INSERT INTO kdm_widgets_refs VALUES(1,1,1,1,1);
INSERT INTO kdm_widgets_refs VALUES(1,2,3,1,1);
INSERT INTO kdm_widgets_refs VALUES(1,3,2,1,1);
INSERT INTO kdm_widgets_refs VALUES(2,4,1,1,1);
INSERT INTO kdm_widgets_refs VALUES(2,5,3,1,1);
INSERT INTO kdm_widgets_refs VALUES(2,6,2,1,1);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('kdm_types',1);
INSERT INTO sqlite_sequence VALUES('kdm_objects',3);
INSERT INTO sqlite_sequence VALUES('kdm_widgets_rows',3);
INSERT INTO sqlite_sequence VALUES('kdm_widgets_states',1);
INSERT INTO sqlite_sequence VALUES('kdm_beside',1);
INSERT INTO sqlite_sequence VALUES('kdm_snapshots',2);
INSERT INTO sqlite_sequence VALUES('kdm_reads',2);
INSERT INTO sqlite_sequence VALUES('kdm_clusters',2);
INSERT INTO sqlite_sequence VALUES('kdm_indexed',1);
CREATE INDEX kdm_snapshots_time ON kdm_snapshots (timestamp);
CREATE INDEX kdm_snapshots_sorted ON kdm_snapshots (sorted_at);
CREATE INDEX kdm_snapshots_cluster ON kdm_snapshots (cluster_context, sorted_at);
CREATE VIEW "inventory_snapshots" AS 
SELECT s.id, s.timestamp AS timestamp, s.cluster_context, s.cluster_info,
  (SELECT c.count FROM kdm_counts c WHERE c.snapshot_id = s.id AND c.type_id = 1)
  AS "widget_count", s.namespace_filter, s.notes, s.created_at AS created_at, s.complete AS complete,
  s.cluster_uid, s.source, s.source_timestamp AS source_timestamp, s.redaction, s.seconds, s.uuid
FROM kdm_snapshots s;
CREATE VIEW "inventory_ledger" AS 
SELECT l.snapshot_id, d.resource_type, d.read, l.status, l.reason, l.http_code, l.requests,
  l.objects, l.reused, l.bytes, l.microseconds / 1000000.0 AS seconds, l.optional AS optional
FROM kdm_ledger l
JOIN kdm_reads d ON d.id = l.read_id;
CREATE VIEW "widgets" AS 
SELECT r.id, r.snapshot_id, w."name" AS "name", w."namespace" AS "namespace", w."size" AS "size", w."weight" AS "weight", w."polished" AS "polished", w."colours" AS "colours", w."labels" AS "labels", s."in_use" AS "in_use", s."why" AS "why", o.body AS spec
FROM "kdm_widgets_refs" r
JOIN "kdm_widgets_rows" w ON w.kdm_id = r.row_id
LEFT JOIN "kdm_widgets_states" s ON s.kdm_id = r.state_id
LEFT JOIN kdm_objects o ON o.id = w.kdm_object;
CREATE VIEW "latest_widgets" AS 
SELECT r.id, r.snapshot_id, w."name" AS "name", w."namespace" AS "namespace", w."size" AS "size", w."weight" AS "weight", w."polished" AS "polished", w."colours" AS "colours", w."labels" AS "labels", s."in_use" AS "in_use", s."why" AS "why", o.body AS spec
FROM "kdm_widgets_refs" r
JOIN "kdm_widgets_rows" w ON w.kdm_id = r.row_id
LEFT JOIN "kdm_widgets_states" s ON s.kdm_id = r.state_id
LEFT JOIN kdm_objects o ON o.id = w.kdm_object

WHERE r.snapshot_id IN (
  SELECT n.id FROM (
    SELECT p.id, row_number() OVER (
      PARTITION BY coalesce(nullif(p.cluster_uid, ''), p.cluster_context)
      ORDER BY p.sorted_at DESC, p.id DESC
    ) AS place
    FROM kdm_snapshots p
    JOIN kdm_counts c ON c.snapshot_id = p.id AND c.type_id = 1
  ) n
  WHERE n.place = 1
);
CREATE VIEW "changes" AS WITH "pairs_1" AS (
  SELECT x.*, CASE WHEN NOT EXISTS (SELECT l.read_id FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
    WHERE l.snapshot_id = x.id AND d.resource_type = 'widgets'
      AND l.optional = 0 AND l.status IN ('complete', 'absent') EXCEPT SELECT l.read_id FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
    WHERE l.snapshot_id = x.old AND d.resource_type = 'widgets'
      AND l.optional = 0 AND l.status IN ('complete', 'absent'))
      AND NOT EXISTS (SELECT l.read_id FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
    WHERE l.snapshot_id = x.old AND d.resource_type = 'widgets'
      AND l.optional = 0 AND l.status IN ('complete', 'absent') EXCEPT SELECT l.read_id FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
    WHERE l.snapshot_id = x.id AND d.resource_type = 'widgets'
      AND l.optional = 0 AND l.status IN ('complete', 'absent')) THEN 1 ELSE 0 END AS alike
  FROM (
    SELECT s.id, s.timestamp, s.cluster_context, s.cluster_uid, c.stamp,
      lag(s.id) OVER before AS old, lag(c.stamp) OVER before AS old_stamp,
      c.sum, lag(c.sum) OVER before AS old_sum
    FROM kdm_snapshots s
    JOIN kdm_counts c ON c.snapshot_id = s.id AND c.type_id = 1 AND c.count IS NOT NULL
    WINDOW before AS (
      PARTITION BY coalesce(nullif(s.cluster_uid, ''), s.cluster_context), s.namespace_filter,
        CASE s.source WHEN 'file' THEN 1 ELSE 0 END
      ORDER BY s.sorted_at, s.id
    )
  ) x
  WHERE x.old IS NOT NULL AND CASE WHEN x.sum = x.old_sum THEN 0 ELSE 1 END = 1
),
"mine_1" AS (
  SELECT p.id, r.row_id, coalesce(r.state_id, 0) AS state_id
  FROM "pairs_1" p JOIN "kdm_widgets_refs" r ON r.snapshot_id = p."id"
  EXCEPT SELECT p.id, r.row_id, coalesce(r.state_id, 0)
  FROM "pairs_1" p JOIN "kdm_widgets_refs" r ON r.snapshot_id = p."old"
),
"theirs_1" AS (
  SELECT p.id, r.row_id, coalesce(r.state_id, 0) AS state_id
  FROM "pairs_1" p JOIN "kdm_widgets_refs" r ON r.snapshot_id = p."old"
  EXCEPT SELECT p.id, r.row_id, coalesce(r.state_id, 0)
  FROM "pairs_1" p JOIN "kdm_widgets_refs" r ON r.snapshot_id = p."id"
)
SELECT p.old AS from_snapshot_id, p.id AS snapshot_id, p.timestamp AS timestamp,
  p.cluster_context, p.cluster_uid, 'widgets' AS type, w."namespace" AS namespace, w."name" AS name,
  coalesce(CAST(w."namespace" AS TEXT) || '/', '') || coalesce(CAST(w."name" AS TEXT), '') AS key, CASE WHEN v.kdm_id IS NULL THEN 'added'
    WHEN json_extract(o.body, '$.metadata.uid') <> json_extract(q.body, '$.metadata.uid') THEN 'recreated' ELSE 'changed' END AS change
FROM "mine_1" n
JOIN "pairs_1" p ON p.id = n.id
JOIN "kdm_widgets_rows" w ON w.kdm_id = n.row_id
JOIN kdm_objects o ON o.id = w.kdm_object
LEFT JOIN "kdm_widgets_states" s ON s.kdm_id = n.state_id
LEFT JOIN (
  SELECT m.id AS pair, m.state_id AS old_state, u.* FROM "theirs_1" m
  JOIN "kdm_widgets_rows" u ON u.kdm_id = m.row_id
) v ON v.pair = n.id AND (v."namespace" = w."namespace" OR v."namespace" IS NULL AND w."namespace" IS NULL) AND (v."name" = w."name" OR v."name" IS NULL AND w."name" IS NULL)
LEFT JOIN kdm_objects q ON q.id = v.kdm_object
LEFT JOIN "kdm_widgets_states" t ON t.kdm_id = v.old_state
WHERE CASE WHEN v.kdm_id IS NULL THEN p.alike = 1
  ELSE v.kdm_object <> w.kdm_object OR (s."in_use" <> t."in_use" OR s."why" <> t."why")
    OR (v.kdm_id <> w.kdm_id AND p.stamp = p.old_stamp) END
UNION ALL
SELECT p.old, p.id, p.timestamp, p.cluster_context, p.cluster_uid, 'widgets', w."namespace", w."name",
  coalesce(CAST(w."namespace" AS TEXT) || '/', '') || coalesce(CAST(w."name" AS TEXT), ''), 'removed'
FROM "theirs_1" n
JOIN "pairs_1" p ON p.id = n.id
JOIN "kdm_widgets_rows" w ON w.kdm_id = n.row_id
LEFT JOIN (
  SELECT m.id AS pair, u.* FROM "mine_1" m JOIN "kdm_widgets_rows" u ON u.kdm_id = m.row_id
) v ON v.pair = n.id AND (v."namespace" = w."namespace" OR v."namespace" IS NULL AND w."namespace" IS NULL) AND (v."name" = w."name" OR v."name" IS NULL AND w."name" IS NULL)
WHERE p.alike = 1 AND v.kdm_id IS NULL;
COMMIT;
