-- Rendered by Flotilla from environment lab-mysql-group, database. A change made here is overwritten by the next deploy.
CREATE TABLE flotilla.alone (member CHAR(36) NOT NULL PRIMARY KEY);
INSERT INTO flotilla.alone VALUES (@@server_uuid);
GRANT SELECT, DELETE ON flotilla.alone TO 'flotilla_guard'@'localhost';
GRANT GROUP_REPLICATION_ADMIN ON *.* TO 'flotilla_guard'@'localhost';
