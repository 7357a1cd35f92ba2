#include "make-town/names.h"

namespace stadtmesh::make_town {

const std::vector<std::string>& ResidentialNames() {
  static const auto& names = *new std::vector<std::string>{"Lindenstraße",
                                                           "Eichenweg",
                                                           "Buchenweg",
                                                           "Ahornstraße",
                                                           "Birkenweg",
                                                           "Kastanienallee",
                                                           "Ulmenweg",
                                                           "Erlenweg",
                                                           "Eschenweg",
                                                           "Tannenweg",
                                                           "Kiefernweg",
                                                           "Lärchenweg",
                                                           "Weidenstraße",
                                                           "Pappelallee",
                                                           "Holunderweg",
                                                           "Schlehenweg",
                                                           "Ginsterweg",
                                                           "Heideweg",
                                                           "Amselweg",
                                                           "Drosselweg",
                                                           "Finkenstraße",
                                                           "Meisenweg",
                                                           "Lerchenweg",
                                                           "Schwalbenweg",
                                                           "Starenweg",
                                                           "Rotkehlchenweg",
                                                           "Falkenstraße",
                                                           "Sperberweg",
                                                           "Goethestraße",
                                                           "Schillerstraße",
                                                           "Lessingstraße",
                                                           "Heinestraße",
                                                           "Annette-von-Droste-Hülshoff-Straße",
                                                           "Eichendorffstraße",
                                                           "Mörikeweg",
                                                           "Stormweg",
                                                           "Fontanestraße",
                                                           "Uhlandstraße",
                                                           "Beethovenstraße",
                                                           "Mozartstraße",
                                                           "Bachstraße",
                                                           "Händelweg",
                                                           "Haydnweg",
                                                           "Brahmsweg",
                                                           "Schubertweg",
                                                           "Schumannweg",
                                                           "Dürerstraße",
                                                           "Holbeinweg",
                                                           "Cranachweg",
                                                           "Grünewaldweg",
                                                           "Kolpingstraße",
                                                           "Kettelerstraße",
                                                           "Von-Galen-Straße",
                                                           "Edith-Stein-Straße",
                                                           "Geschwister-Scholl-Straße",
                                                           "Stauffenbergstraße",
                                                           "Konrad-Adenauer-Straße",
                                                           "Theodor-Heuss-Straße",
                                                           "Friedrich-Ebert-Straße",
                                                           "Gutenbergstraße",
                                                           "Siemensstraße",
                                                           "Dieselstraße",
                                                           "Ottostraße",
                                                           "Robert-Bosch-Straße",
                                                           "Daimlerstraße",
                                                           "Industriestraße",
                                                           "Am Güterbahnhof",
                                                           "Zum Freibad",
                                                           "Am Sportplatz",
                                                           "Schulstraße",
                                                           "Am Schulzentrum",
                                                           "Gartenstraße",
                                                           "Blumenstraße",
                                                           "Rosenweg",
                                                           "Nelkenweg",
                                                           "Tulpenweg",
                                                           "Dahlienweg",
                                                           "Asternweg",
                                                           "Fliederweg",
                                                           "Am Stadtpark",
                                                           "Mühlenweg",
                                                           "Am Mühlenbach",
                                                           "Bleichweg",
                                                           "Am Hang",
                                                           "Sonnenhang",
                                                           "Zur Alten Ziegelei",
                                                           "Ziegeleistraße",
                                                           "Töpferweg",
                                                           "Weberstraße",
                                                           "Spinnereiweg",
                                                           "Schmiedestraße",
                                                           "Schreinerweg",
                                                           "Zimmererweg",
                                                           "Am Kreuzkamp",
                                                           "Hoher Kamp",
                                                           "Breiter Kamp",
                                                           "Kuhkamp",
                                                           "Gänsekamp",
                                                           "Lütkefeld",
                                                           "Osterkamp",
                                                           "Westerkamp",
                                                           "Nordkamp",
                                                           "Sandstraße",
                                                           "Am Esch",
                                                           "Auf dem Brink",
                                                           "Wiesengrund",
                                                           "Wiesenstraße",
                                                           "Feldstraße",
                                                           "Feldkamp",
                                                           "Bergstraße",
                                                           "Berliner Straße",
                                                           "Danziger Straße",
                                                           "Breslauer Straße",
                                                           "Königsberger Straße",
                                                           "Stettiner Straße",
                                                           "Am Wasserturm",
                                                           "Karlstraße",
                                                           "Wilhelmstraße",
                                                           "Luisenstraße",
                                                           "Augustastraße",
                                                           "Josefstraße",
                                                           "Antoniusstraße",
                                                           "Ludgeristraße",
                                                           "Hubertusweg",
                                                           "Jägerweg",
                                                           "Försterweg",
                                                           "Am Tiergarten",
                                                           "Zur Schleuse",
                                                           "Uferweg",
                                                           "Bürgermeister-Terhorst-Straße",
                                                           "Dr.-Wesselmann-Weg",
                                                           "Heimstättenweg",
                                                           "Siedlerweg",
                                                           "Grüner Weg",
                                                           "Kurzer Weg",
                                                           "Langer Weg",
                                                           "Hufeisen",
                                                           "Rundweg",
                                                           "Am Ring"};
  return names;
}

const std::vector<std::string>& OldTownNames() {
  static const auto& names = *new std::vector<std::string>{
      "Lange Straße",      "Kurze Straße", "Kirchstraße",   "Münsterstiege", "Schmale Gasse",
      "Rosengasse",        "Königstraße",  "Ritterstraße",  "Mühlenstraße",  "Hohe Straße",
      "Neustraße",         "Alter Markt",  "Fischstiege",   "Kornstraße",    "Salzstraße",
      "Bäckergasse",       "Gerberstraße", "Klosterstraße", "Marienstraße",  "Burgstraße",
      "Hinter der Kirche", "Pfarrgasse",   "Viehmarkt",     "Holzmarkt"};
  return names;
}

const std::vector<std::string>& MainRoadNames() {
  static const auto& names = *new std::vector<std::string>{
      "Münsterstraße",  "Osnabrücker Straße", "Bahnhofstraße",   "Steinfurter Straße",
      "Ahauser Straße", "Coesfelder Straße",  "Dülmener Straße", "Lüdinghauser Straße"};
  return names;
}

const std::vector<std::string>& WallNames() {
  static const auto& names =
      *new std::vector<std::string>{"Ostwall",  "Münsterwall", "Nordwall", "Klosterwall",
                                    "Westwall", "Mühlenwall",  "Südwall",  "Burgwall"};
  return names;
}

const std::vector<VillageName>& VillageNames() {
  static const auto& names = *new std::vector<VillageName>{
      {"Heidhorn", "St. Anna"},   {"Westerloh", "St. Martin"},   {"Niederbrock", "St. Lambertus"},
      {"Ottenhoek", "St. Georg"}, {"Steinkamp", "St. Johannes"}, {"Brinkhusen", "St. Vitus"}};
  return names;
}

const std::vector<std::string>& BauerschaftNames() {
  static const auto& names = *new std::vector<std::string>{
      "Aldrup",     "Bockelsdorf",   "Gantrup",    "Hamern",  "Holtrode",
      "Lutum-Feld", "Osthellermark", "Poppenhoek", "Temming", "Westhellermark"};
  return names;
}

const std::vector<std::string>& VillageStreetNames() {
  static const auto& names =
      *new std::vector<std::string>{"Dorfstraße",  "Kirchplatz", "Schulweg",  "Am Dorfteich",
                                    "Brinkstraße", "Neuer Kamp", "Im Winkel", "Am Friedhof"};
  return names;
}

}  // namespace stadtmesh::make_town
